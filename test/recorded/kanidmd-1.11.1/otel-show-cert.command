docker exec otel kanidmd show-replication-certificate
