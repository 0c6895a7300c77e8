"""Every live board there is."""

from beds.board import BOARD as BEDS
from live.boards import Board

BOARDS: tuple[Board, ...] = (BEDS,)
