"""The web server's entry."""

import os

from django.core.wsgi import get_wsgi_application

from reseller_portal.origin import refuse_other_server
from reseller_portal.schema import refuse_old_tables

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reseller_portal.settings")
application = get_wsgi_application()
refuse_old_tables()
refuse_other_server()
