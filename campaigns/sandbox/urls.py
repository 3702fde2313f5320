from django.urls import path

from campaigns.sandbox import views

app_name = "sandbox"

urlpatterns = [path("processors/sandbox/pay/<slug:ref>/", views.pay, name="pay")]
