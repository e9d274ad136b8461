docker exec lone kanidmd show-replication-certificate
