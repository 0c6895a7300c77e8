"""Every live board there is."""

from admissions.board import BOARD as PLACEMENT_LIST
from beds.board import BOARD as BEDS
from chart.board import BOARD as ROUNDS
from chart.tasks_board import BOARD as TASK_LIST
from emar.board import PASS
from groups.board import BOARD as GROUP_SESSION
from groups.falls_board import BOARD as WHO_FALLS_SHORT
from live.boards import Board

BOARDS: tuple[Board, ...] = (BEDS, GROUP_SESSION, PASS, PLACEMENT_LIST, ROUNDS, TASK_LIST, WHO_FALLS_SHORT)
