docker exec pair-a kanidmd show-replication-certificate
