"""Programs of other people: the tutorial's chatroom and its descendants."""
