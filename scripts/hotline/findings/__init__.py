"""Running the rules over files, and printing what they find.

Knows: which rule needs what, and how findings are chosen, ordered and printed.
Must not know: where files come from. Each file is judged by itself and let go; only
small facts are kept for the rules that compare files.
"""
