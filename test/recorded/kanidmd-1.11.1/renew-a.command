docker exec pair-a kanidmd renew-replication-certificate
