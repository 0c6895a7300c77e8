"""Addresses of the task list, of deadline rules, and of the review of charts."""

from django.urls import URLPattern, path

from chart.views import completeness, deadlines, tasks

urlpatterns: list[URLPattern] = [
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/<int:pk>/", tasks.task, name="task"),
    path("tasks/<int:pk>/finish/", tasks.finish, name="finish_task"),
    path("tasks/<int:pk>/take/", tasks.take, name="take_task"),
    path("tasks/<int:pk>/hand-on/", tasks.hand_on, name="hand_on_task"),
    path("deadlines/", deadlines.rules, name="deadlines"),
    path("deadlines/follow/", deadlines.follow, name="follow_pack"),
    path("deadlines/<int:pk>/leave/", deadlines.leave, name="leave_pack"),
    path("review/", completeness.program_list, name="review"),
    path("review/file.<slug:kind>", completeness.file, name="review_file"),
    path("<int:client_id>/review/", completeness.client_review, name="client_review"),
]
