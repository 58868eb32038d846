"""Configurations as documents: read with their lines, typed section by section, refused in one sentence."""
