"""Addresses of the forms that create something, and of the operations that do it."""

from django.urls import path

from companies.converters import COMPANY, PROJECT
from companies.views import (
    care,
    checklist_drafts,
    checklists,
    creates,
    import_rows,
    imports,
    notes,
    operations,
    presets,
    saved_views,
    tags,
)

CHECKLIST = "onboarding/checklists/<int:checklist_id>"
IMPORT = "onboarding/imports/<int:import_id>"
NOTE = f"companies/{COMPANY}/notes/<int:note_id>"
ROW = f"{IMPORT}/rows/<int:number>"
CSV, XLSX = {"ending": "csv"}, {"ending": "xlsx"}

app_name = "companies"
urlpatterns = [
    path("companies/create/", creates.create_company, name="create_company"),
    path(f"companies/{COMPANY}/projects/create/", creates.create_project, name="create_project"),
    path(
        f"companies/{COMPANY}/projects/{PROJECT}/uap/enable/",
        creates.enable_uap_service,
        name="enable_uap_service",
    ),
    path(f"companies/{COMPANY}/care/", care.change_care, name="change_care"),
    path(f"companies/{COMPANY}/notes/add/", notes.add_note, name="add_note"),
    path(f"{NOTE}/", notes.change_note, name="change_note"),
    path(f"{NOTE}/remove/", notes.remove_note, name="remove_note"),
    path(f"{NOTE}/restore/", notes.restore_note, name="restore_note"),
    path("company-list/views/save/", saved_views.save_view, name="save_view"),
    path("company-list/views/<int:view_id>/", saved_views.change_view, name="change_view"),
    path("company-list/views/<int:view_id>/replace/", saved_views.replace_view, name="replace_view"),
    path("company-list/views/<int:view_id>/remove/", saved_views.remove_view, name="remove_view"),
    path("company-list/tags/", tags.list_tags, name="list_tags"),
    path("company-list/tags/<int:tag_id>/rename/", tags.rename_tag, name="rename_tag"),
    path("company-list/tags/<int:tag_id>/remove/", tags.remove_tag, name="remove_tag"),
    path("company-list/changes/<int:change_id>/undo/", saved_views.undo_change, name="undo_change"),
    path("onboarding/", operations.list_operations, name="list_operations"),
    path("onboarding/<int:operation_id>/", operations.show_operation, name="show_operation"),
    path("onboarding/<int:operation_id>/cancel/", operations.cancel_operation, name="cancel_operation"),
    path("onboarding/<int:operation_id>/retry/", operations.retry_operation, name="retry_operation"),
    path("onboarding/<int:operation_id>/look-again/", operations.look_again_for_operation, name="look_again"),
    path("onboarding/<int:operation_id>/send-again/", operations.send_operation_again, name="send_operation_again"),
    path("onboarding/<int:operation_id>/give-up/", operations.give_up_operation, name="give_up_operation"),
    path("onboarding/<int:operation_id>/adopt/", operations.adopt_operation, name="adopt_operation"),
    path("onboarding/checklists/", checklists.list_checklists, name="list_checklists"),
    path("onboarding/checklists/begin/", checklists.begin_checklist, name="begin_checklist"),
    path(f"{CHECKLIST}/", checklists.show_checklist, name="show_checklist"),
    path(f"{CHECKLIST}/save/", checklist_drafts.save_checklist, name="save_checklist"),
    path(f"{CHECKLIST}/start/", checklist_drafts.start_checklist, name="start_checklist"),
    path(f"{CHECKLIST}/fill-in/", checklist_drafts.fill_in_checklist, name="fill_in_checklist"),
    path(f"{CHECKLIST}/discard/", checklist_drafts.discard_checklist, name="discard_checklist"),
    path(f"{CHECKLIST}/projects/add/", checklist_drafts.add_project, name="add_project"),
    path(f"{CHECKLIST}/projects/<int:step_id>/remove/", checklist_drafts.remove_project, name="remove_project"),
    path(f"{CHECKLIST}/steps/add/", checklists.add_project_step, name="add_project_step"),
    path(f"{CHECKLIST}/steps/<int:step_id>/", checklists.correct_step, name="correct_step"),
    path(f"{CHECKLIST}/steps/<int:step_id>/services/", checklists.add_service_steps, name="add_service_steps"),
    path(f"{CHECKLIST}/steps/<int:step_id>/skip/", checklists.skip_step, name="skip_step"),
    path(f"{CHECKLIST}/steps/<int:step_id>/take-up/", checklists.take_up_step, name="take_up_step"),
    path("onboarding/presets/", presets.list_presets, name="list_presets"),
    path("onboarding/presets/create/", presets.create_preset, name="create_preset"),
    path("onboarding/presets/<int:preset_id>/", presets.change_preset, name="change_preset"),
    path("onboarding/presets/<int:preset_id>/remove/", presets.remove_preset, name="remove_preset"),
    path("onboarding/imports/", imports.list_imports, name="list_imports"),
    path("onboarding/imports/load/", imports.load_import, name="load_import"),
    path("onboarding/imports/services/", imports.choose_projects, name="choose_projects"),
    path("onboarding/imports/template.csv", imports.export_import_template, CSV, name="export_import_template_csv"),
    path("onboarding/imports/template.xlsx", imports.export_import_template, XLSX, name="export_import_template_xlsx"),
    path(f"{IMPORT}/", imports.show_import, name="show_import"),
    path(f"{IMPORT}/columns/", imports.map_import, name="map_import"),
    path(f"{IMPORT}/problems.csv", imports.export_import_problems, CSV, name="export_import_problems_csv"),
    path(f"{IMPORT}/problems.xlsx", imports.export_import_problems, XLSX, name="export_import_problems_xlsx"),
    path(f"{IMPORT}/start/", import_rows.start_import, name="start_import"),
    path(f"{IMPORT}/pause/", import_rows.pause_import, name="pause_import"),
    path(f"{IMPORT}/resume/", import_rows.resume_import, name="resume_import"),
    path(f"{IMPORT}/cancel/", import_rows.cancel_import, name="cancel_import"),
    path(f"{IMPORT}/retry/", import_rows.retry_import, name="retry_import"),
    path(f"{IMPORT}/discard/", import_rows.discard_import, name="discard_import"),
    path(f"{ROW}/", import_rows.edit_import_row, name="edit_import_row"),
    path(f"{ROW}/leave-out/", import_rows.leave_out_import_row, name="leave_out_import_row"),
]
