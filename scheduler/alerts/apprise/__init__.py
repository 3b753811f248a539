"""Other channels (chats, phones) through Apprise, the extra `apprise`, in a process of its own."""
