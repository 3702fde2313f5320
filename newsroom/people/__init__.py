"""The people who work at the desk: how they sign in, what they change about themselves, who invites and who suspends whom.

Sign-in, second factors and passkeys are django-allauth's; its pages are drawn as pages of the desk.
"""
