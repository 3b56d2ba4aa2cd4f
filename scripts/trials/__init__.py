"""Trials of the whole bot under crowds, faults and damage, each a module that can be run."""
