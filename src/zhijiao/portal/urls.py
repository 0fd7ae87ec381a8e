"""Addresses of the portal, by audience. Each folder lists its own; names are unique over all of them."""

from zhijiao.portal.account.urls import urlpatterns as account
from zhijiao.portal.choices.urls import urlpatterns as choices
from zhijiao.portal.cockpit.urls import urlpatterns as cockpit
from zhijiao.portal.compare.urls import urlpatterns as compare
from zhijiao.portal.desk.urls import urlpatterns as desk
from zhijiao.portal.exports.urls import urlpatterns as exports
from zhijiao.portal.policy.urls import urlpatterns as policy
from zhijiao.portal.public.urls import urlpatterns as public
from zhijiao.portal.searching.urls import urlpatterns as searching

app_name = "portal"
urlpatterns = [*account, *choices, *exports, *desk, *cockpit, *compare, *policy, *public, *searching]
