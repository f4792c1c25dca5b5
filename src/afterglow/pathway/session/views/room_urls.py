"""Addresses of what is live: the room, the board, and the stream behind them."""

from django.urls import path

from afterglow.pathway.session.views import board, devices, room, stream

urlpatterns = [
    path("board/", board.board_view, name="board"),
    path("board/rooms/", board.rooms, name="board_rooms"),
    path("devices/", devices.devices, name="devices"),
    path("stream/", stream.stream, name="stream"),
    path("<uuid:session_id>/room/", room.room_view, name="room"),
    path("<uuid:session_id>/room/line/", room.line, name="room_line"),
    path("<uuid:session_id>/room/marks/", room.marks, name="room_marks"),
    path("<uuid:session_id>/room/strip/", room.strip, name="room_strip"),
    path("<uuid:session_id>/room/side/", room.side, name="room_side"),
    path("<uuid:session_id>/room/deeds/", room.deeds, name="room_deeds"),
]
