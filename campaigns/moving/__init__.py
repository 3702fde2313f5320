"""A newsroom moves in: past gifts and regular gifts from other systems' exports. Their files in, our rows out.

`systems` knows the columns, `reading` streams the file, `rows` and `plans` turn a line into what the verbs take
(`giving.taking_over`, `taking_over`), `flow` leads.
"""
