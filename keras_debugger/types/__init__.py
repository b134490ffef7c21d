"""The values that travel from room to room: frozen, plain, no Keras, no files."""
