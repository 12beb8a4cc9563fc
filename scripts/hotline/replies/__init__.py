"""Letters: a reply and its order in, the finished letter of annex 2 out.

Knows: what a letter names and in which form. The words of the seven templates stand in
``site_templates/letters/`` alone; text and Word are made from the same rendered letter.
Must not know: where a letter goes to, and whether it may.
"""
