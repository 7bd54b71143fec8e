"""The kernel, and the one place that joins spiders, checks, reports and schedules into a scan."""
