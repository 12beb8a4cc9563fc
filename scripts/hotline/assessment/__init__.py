"""Assessment and statistics of a period (arts. 15, 18): figures of units, and what came in.

Knows: what counts for a figure, in which month, and for whom; scores by the policy's weights.
Must not know: git, the disk, the site. An order's part in the figures follows from the order,
the registry and a moment; what one month adds up to is the sum of these parts.
"""
