"""Every live board there is."""

from live.boards import Board

BOARDS: tuple[Board, ...] = ()
