"""The records that travel between the rooms: frozen, and all their times aware and UTC."""
