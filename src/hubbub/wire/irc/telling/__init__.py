"""What an IRC client is told, by subject: the events of the chatroom, and the lines they become."""
