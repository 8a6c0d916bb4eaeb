"""What members gave and got, in hours, money, machine-hours and water-minutes."""
