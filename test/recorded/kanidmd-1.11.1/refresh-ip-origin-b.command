docker exec ip-b kanidmd refresh-replication-consumer --i-want-to-refresh-this-servers-database
