"""The families of choices, one file each; every entry is described once, as data."""
