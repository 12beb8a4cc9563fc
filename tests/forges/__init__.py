"""Stand-ins of two code forges, held against the forges' own descriptions."""
