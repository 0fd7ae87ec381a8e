from django.urls import path

from zhijiao.portal.desk.reports import books, hand_in, lists, overdue, receipt, report, review

urlpatterns = [
    path("desk/reports", hand_in.view, name="hand_in"),
    path("desk/reports.xlsx", books.download, name="hand_in_file"),
    path("desk/reports/save", hand_in.save_all, name="hand_in_save"),
    path("desk/reports/submit", hand_in.submit, name="hand_in_submit"),
    path("desk/reports/book", books.upload, name="hand_in_book"),
    path("desk/reports/book/own", books.own_again, name="hand_in_own"),
    path("desk/reports/book/apply", books.apply, name="hand_in_apply"),
    path("desk/reports/book/marked", books.marked, name="hand_in_marked"),
    path("desk/reports/<int:report>", report.view, name="report"),
    path("desk/reports/<int:report>/save", hand_in.save_row, name="hand_in_save_row"),
    path("desk/reports/<int:report>/withdraw", hand_in.withdraw, name="report_withdraw"),
    path("desk/reports/<int:report>/evidence", report.evidence, name="report_evidence"),
    path("desk/reports/<int:report>/decide", report.decide, name="report_decide"),
    path("desk/reports/<int:report>/return", report.send_back, name="report_return"),
    path("desk/reports/<int:report>/reopen", report.reopen, name="report_reopen"),
    path("desk/receipts/<str:number>", receipt.view, name="receipt"),
    path("desk/review", review.view, name="review"),
    path("desk/review.xlsx", lists.review_file, name="review_file"),
    path("desk/review/decide", review.decide, name="review_decide"),
    path("desk/overdue", overdue.view, name="overdue"),
    path("desk/overdue.xlsx", lists.overdue_file, name="overdue_file"),
    path("desk/overdue/remind", overdue.remind, name="remind"),
    path("desk/card", overdue.card, name="report_card"),
]
