"""What the benchmark measures, a file for each part of the bot."""
