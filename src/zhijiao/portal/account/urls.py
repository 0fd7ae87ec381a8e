from django.urls import path

from zhijiao.portal.account import external, joining, own, reads, record, security, signing

urlpatterns = [
    path("login", signing.login, name="login"),
    path("login/code", signing.code, name="login_code"),
    path("login/with/<slug:provider>", external.begin, name="login_with"),
    path("login/with/<slug:provider>/back", external.back, name="login_back"),
    path("login/bind", external.bind, name="login_bind"),
    path("login/bind/code", external.code, name="login_bind_code"),
    path("login/bound", external.bound_view, name="login_bound"),
    path("account/identities/<int:identity>/unbind", external.unbind_view, name="account_unbind"),
    path("logout", signing.logout, name="logout"),
    path("join", joining.join, name="join"),
    path("join/receipt", joining.state, name="join_receipt"),
    path("account", own.account_view, name="account"),
    path("account/record", record.view, name="account_record"),
    path("account/reads", reads.view, name="account_reads"),
    path("account/reads.xlsx", reads.file_view, name="account_reads_file"),
    path("account/password", security.password_view, name="account_password"),
    path("account/second-factor", security.factor_view, name="account_factor"),
    path("account/second-factor/qr.svg", security.qr_view, name="account_factor_qr"),
    path("account/keys/new", own.new_key_view, name="account_key"),
    path("account/keys/<int:key>/revoke", own.revoke_key_view, name="account_key_revoke"),
    path("account/sign-out-elsewhere", own.elsewhere_view, name="account_elsewhere"),
]
