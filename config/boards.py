"""Every live board there is."""

from admissions.board import BOARD as PLACEMENT_LIST
from beds.board import BOARD as BEDS
from emar.board import PASS
from groups.board import BOARD as GROUP_SESSION
from live.boards import Board

BOARDS: tuple[Board, ...] = (BEDS, GROUP_SESSION, PASS, PLACEMENT_LIST)
