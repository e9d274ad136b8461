docker exec otel kanidmd domain show
