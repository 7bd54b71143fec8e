"""Finding pages: Scrapy over plain HTTP. Knows nothing of browsers, checks or reports."""
