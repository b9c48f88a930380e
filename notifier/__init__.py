"""E-mail channels that fulfil the interface of pulse_core.delivery."""
