docker exec pair-b kanidmd refresh-replication-consumer
