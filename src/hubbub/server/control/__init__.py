"""Running the server without a seat in the chatroom: from its own machine, or over HTTP."""
