"""What an IRC client says, by subject: each command of IRC, and what it asks of the chatroom."""
