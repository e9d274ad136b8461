docker exec oneway-session-b kanidmd refresh-replication-consumer --i-want-to-refresh-this-servers-database
