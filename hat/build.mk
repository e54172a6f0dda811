# SPDX-License-Identifier: Apache-2.0
$(call program,ham,ham.c entity.c policy.c proc.c serve.c start.c store.c watch.c)
$(call library,ham,client.c)
$(call program,service,service.c,ham)
$(call native_test,hat-policy,test/policy.c policy.c,-Ihat -Ihat/include)
$(call native_test,hat-store,test/store.c store.c,-Ihat)
$(call native_test,hat-entity,test/entity.c entity.c policy.c store.c watch.c,-Ihat -Ihat/include -Iprocmgr/include \
    -idirafter libc-glue/include)
