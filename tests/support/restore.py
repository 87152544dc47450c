"""A database put back to how it was: for a small county far quicker than another copy of it.

What the tables held stands in the schema `kept`. Everything else, the schema itself above all,
is taken to be unchanged: a test that changes it asks for a database of its own.
"""

KEEP = """
create schema kept;
do $$
declare
    name text;
    used boolean;
begin
    for name in select quote_ident(tablename) from pg_tables where schemaname = 'public' loop
        execute 'select exists (select from public.' || name || ')' into used;
        if used then
            execute 'create table kept.' || name || ' as table public.' || name;
        end if;
    end loop;
    create table kept.sequences as
        select 'public.' || quote_ident(sequencename) as name,
               coalesce(last_value, start_value) as value, last_value is not null as called
        from pg_sequences where schemaname = 'public';
end $$
"""

RESTORE = """
do $$
declare
    name text;
    names text[];
    grown boolean;
begin
    perform pg_terminate_backend(pid)
        from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid();
    set local session_replication_role = replica;
    -- Deleting leaves dead rows behind: once they are many, all tables begin anew.
    select array_agg('public.' || quote_ident(tablename)),
           max(pg_relation_size('public.' || quote_ident(tablename))) > 2000000
        into names, grown from pg_tables where schemaname = 'public';
    if grown then
        execute 'truncate ' || array_to_string(names, ', ');
    else
        foreach name in array names loop execute 'delete from ' || name; end loop;
    end if;
    for name in select quote_ident(tablename) from pg_tables
            where schemaname = 'kept' and tablename <> 'sequences' loop
        execute 'insert into public.' || name || ' overriding system value table kept.' || name;
    end loop;
    perform setval(s.name::regclass, s.value, s.called) from kept.sequences s;
end $$
"""
