"""Is this coupling real?"""
