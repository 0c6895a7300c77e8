"""Addresses of notes: those of a chart, and those of a site."""

from django.urls import URLPattern, path

from chart.views import note_search, note_templates, note_write, notes

urlpatterns: list[URLPattern] = [
    path("notes/", notes.mine, name="my_notes"),
    path("notes/search/", note_search.search_page, name="search_notes"),
    path("notes/templates/", note_templates.listed, name="note_templates"),
    path("notes/templates/new/", note_templates.change, name="new_note_template"),
    path("notes/templates/late/", note_templates.policy, name="note_policy"),
    path("notes/templates/<slug:code>/", note_templates.change, name="note_template"),
    path("<int:client_id>/notes/", notes.of_client, name="notes"),
    path("<int:client_id>/notes/<int:pk>/", notes.note, name="note"),
    path("<int:client_id>/notes/<int:pk>/paper/", notes.paper, name="note_paper"),
    path("<int:client_id>/notes/<int:pk>/cosign/", notes.cosign, name="cosign_note"),
    path("<int:client_id>/notes/<int:pk>/amend/<slug:kind>/", notes.amend_note, name="amend_note"),
    path("<int:client_id>/write/", note_write.choose, name="write_note"),
    path("<int:client_id>/write/<slug:code>/", note_write.write, name="write"),
    path("<int:client_id>/write/<slug:code>/save/", note_write.save, name="save_note"),
    path("<int:client_id>/write/<slug:code>/copy/", note_write.copy, name="copy_note"),
    path("<int:client_id>/write/<slug:code>/drop/", note_write.drop, name="drop_note"),
]
