docker exec ip-a kanidmd show-replication-certificate
