"""What the pictures of the bot are made from: scenes played, recorded, laid out and drawn."""
