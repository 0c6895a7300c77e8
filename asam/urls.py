"""Addresses of this room."""

from django.urls import URLPattern, path

from asam.views import authorisations, catalogs, decisions, flow, levels, ratings, review_rules, reviews

app_name = "asam"
urlpatterns: list[URLPattern] = [
    path("", reviews.review_list, name="reviews"),
    path("review-rules/", review_rules.rules, name="review_rules"),
    path("review-rules/<int:program_id>/", review_rules.set_rule, name="set_review_rule"),
    path("reviews/<int:pk>/", reviews.record, name="review_record"),
    path("reviews/<int:pk>/review.pdf", reviews.record_pdf, name="review_pdf"),
    path("reviews/<int:pk>/confirm/", reviews.confirm, name="confirm_review"),
    path("<int:episode_id>/packet/", reviews.packet_page, name="packet"),
    path("<int:episode_id>/<slug:paper>.pdf", reviews.packet_pdf, name="packet_pdf"),
    path("<int:episode_id>/review/", reviews.review, name="review"),
    path("<int:episode_id>/review/save/", reviews.save, name="save_review"),
    path("<int:episode_id>/review/drop/", reviews.drop, name="drop_review"),
    path("<int:episode_id>/", levels.level, name="level"),
    path("<int:episode_id>/begin/", ratings.begin, name="begin"),
    path("<int:episode_id>/rate/<int:number>/", ratings.rate, name="rate"),
    path("drafts/<int:pk>/<int:number>/save/", ratings.save, name="save"),
    path("drafts/<int:pk>/<int:number>/attach/", ratings.attach_support, name="attach"),
    path("drafts/<int:pk>/", ratings.look_over, name="look_over"),
    path("drafts/<int:pk>/drop/", ratings.drop, name="drop"),
    path("drafts/<int:pk>/catalog/", ratings.take_over, name="take_over"),
    path("assessments/<int:pk>/", levels.assessment, name="assessment"),
    path("assessments/<int:pk>/determination.pdf", levels.determination_pdf, name="determination"),
    path("assessments/<int:pk>/decide/", decisions.decide_page, name="decide"),
    path("assessments/<int:pk>/choice/", decisions.choice, name="choice"),
    path("decisions/<int:pk>/client/", decisions.client_part, name="client_part"),
    path("authorised/", authorisations.site_list, name="authorised"),
    path("<int:episode_id>/authorised/", authorisations.of_client, name="authorisations"),
    path("authorised/<int:pk>/correct/", authorisations.correct, name="correct_authorisation"),
    path("catalogs/", catalogs.catalog_list, name="catalogs"),
    path("catalogs/import/", catalogs.catalog_import, name="catalog_import"),
    path("catalogs/<slug:digest>/", catalogs.catalog, name="catalog"),
    path("catalogs/<slug:digest>/file/", catalogs.catalog_file, name="catalog_file"),
    path("catalogs/<slug:digest>/attest/", catalogs.catalog_attest, name="catalog_attest"),
    path("catalogs/<slug:digest>/use/", catalogs.catalog_use, name="catalog_use"),
    path("editions/", catalogs.editions, name="editions"),
    path("flow/", flow.flow, name="flow"),
    path("flow.csv", flow.flow_csv, name="flow_csv"),
]
