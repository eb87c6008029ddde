"""What leaves Kite: alerts of the Common Alerting Protocol, and messages to webhooks."""
