"""The pages of somebody's own account, and those before the sign-in."""
